/** The script of a graph's page: shows what the extension sends, and tells it what was chosen. It decides nothing. */
import type { Face } from '../../../runtime/graph/faces.ts';
import type { FromPage, ToPage } from '../graph-messages.ts';
import { type ArrowKey, nearestSpot, type Spot } from './nearest.ts';

/** What VS Code gives to the scripts of its pages. */
declare function acquireVsCodeApi(): {
  postMessage(message: FromPage): void;
  setState(state: unknown): void;
};

const editor = acquireVsCodeApi();
const content = document.getElementById('content') ?? document.body;

// The window gives the state back when it is loaded again, and the extension opens the same graph.
editor.setState(JSON.parse(content.dataset.state ?? '{}'));
window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  if (data.kind === 'content') show(data.html);
  else data.faces.forEach(paint);
});
content.addEventListener('click', event => choose(event.target));
content.addEventListener('keydown', onKey);
content.addEventListener('focusin', event => {
  if (event.target instanceof SVGElement) makeOnlyStop(event.target);
});
editor.postMessage({ kind: 'ready' });

/** The extension escapes every text in it, and the page's policy lets nothing of it run. */
function show(html: string): void {
  const focused =
    document.activeElement instanceof SVGElement ? document.activeElement.dataset.id : undefined;
  const areWordsOpen = content.querySelector('details')?.open ?? false;
  content.innerHTML = html;
  const words = content.querySelector('details');
  if (words !== null) words.open = areWordsOpen;
  const again = nodes().find(node => node.dataset.id === focused);
  const stop = again ?? nodes()[0];
  if (stop !== undefined) makeOnlyStop(stop);
  again?.focus();
}

function paint({ id, tone, text, label }: Face): void {
  for (const element of content.querySelectorAll<HTMLElement | SVGElement>(`[data-id="${CSS.escape(id)}"]`)) {
    element.dataset.tone = tone;
    if (element.hasAttribute('aria-label')) element.setAttribute('aria-label', label);
    element.querySelector(':scope > .sign')?.setAttribute('href', `#sign-${tone}`);
    setText(element.querySelector(':scope > title'), label);
    setText(element.querySelector(':scope > .text'), text);
  }
  setText(content.querySelector(`[data-label="${CSS.escape(id)}"]`), label);
}

function setText(element: Element | null, text: string): void {
  if (element !== null) element.textContent = text;
}

function choose(target: EventTarget | null): void {
  if (!(target instanceof Element)) return;
  const button = target.closest<HTMLElement>('[data-button]')?.dataset.button;
  const id = target.closest<SVGElement>('.node')?.dataset.id;
  // The extension checks what it is told: another name of a button is ignored there.
  if (button !== undefined) editor.postMessage({ kind: 'press', button: button as 'run' });
  else if (id !== undefined) editor.postMessage({ kind: 'open', id });
}

function onKey(event: KeyboardEvent): void {
  const focused = document.activeElement;
  if (!(focused instanceof SVGElement) || !focused.matches('.node')) return;
  if (event.key === 'Enter' || event.key === ' ') choose(focused);
  else if (isArrow(event.key)) move(focused, event.key);
  else if (event.key === 'Home') nodes()[0]?.focus();
  else if (event.key === 'End') nodes().at(-1)?.focus();
  else return;
  event.preventDefault();
}

function isArrow(key: string): key is ArrowKey {
  return /^Arrow(Up|Down|Left|Right)$/.test(key);
}

function move(from: SVGElement, key: ArrowKey): void {
  const others = nodes().filter(node => node !== from);
  const next = nearestSpot(spotOf(from), others.map(spotOf), key);
  if (next !== undefined) others[next]?.focus();
}

function spotOf(node: SVGElement): Spot {
  const { left, top, width, height } = node.getBoundingClientRect();
  return { x: left + width / 2, y: top + Math.min(height / 2, 20) };
}

/** Tab enters the graph once, at the node that was last in use; the arrow keys move in it. */
function makeOnlyStop(stop: SVGElement): void {
  for (const node of nodes()) node.setAttribute('tabindex', node === stop ? '0' : '-1');
}

function nodes(): readonly SVGElement[] {
  return [...content.querySelectorAll<SVGElement>('.graph .node')];
}
