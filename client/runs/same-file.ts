/** Whether two absolute paths name the same file: on Windows the editor and shells write drive letters differently. */
export function isSameFile(a: string, b: string, platform: NodeJS.Platform = process.platform): boolean {
  return a === b || (platform === 'win32' && a.toLowerCase() === b.toLowerCase());
}
