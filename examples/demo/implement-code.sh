# Writes the function. Every worker sees the research in the scratchpad.
sleep 1.2
echo "I build on $(ls "$NIIA_SCRATCHPAD/answers/research" | wc -l | tr -d ' ') answers of the research phase."
cat > src/slugify.js <<'JS'
/** Turns a title into a part of a URL: lower case, words joined by hyphens, accents removed. */
export function slugify(title) {
  return title
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
JS
echo "src/slugify.js: $(wc -l < src/slugify.js | tr -d ' ') lines."
