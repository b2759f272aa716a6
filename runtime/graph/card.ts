/** The card of a phase: how large it is and where its members stand in it, before anything is drawn. */
import { ellipsis, widthOf } from './measure.ts';
import type { GraphMember, PhaseNode } from './run-graph.ts';

/** Where a member stands in its card, and how it is shown there; pixels from the card's corner. */
export interface MemberPlace {
  readonly member: GraphMember;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Texts that fit; empty where there is only room for the sign. */
  readonly title: string;
  readonly model: string;
}

/** A card. */
export interface Card {
  readonly width: number;
  readonly height: number;
  /** The phase's name as it fits. */
  readonly title: string;
  /** `rows`: name and model each; `cells`: signs only; `circle`: around the middle, with the ways of their messages. */
  readonly arrangement: 'rows' | 'cells' | 'circle';
  readonly members: readonly MemberPlace[];
}

/** Pixels. */
const PADDING = 12;
/** Name and facts above the members. */
const HEADER = 46;
const MIN_WIDTH = 208;
const MAX_WIDTH = 264;
const ROW = 24;

/** More rows are not read any more. */
const MAX_ROWS = 8;
/** More names on a circle would stand in each other's way. */
const MAX_ON_CIRCLE = 10;
/** Cells get smaller from here on, so that a phase of a thousand fits a screen. */
const MANY = 200;

/** Lays out a phase. */
export function cardOf(node: PhaseNode): Card {
  if (node.topology !== 'workers' && node.members.length <= MAX_ON_CIRCLE) return circleCard(node);
  return node.members.length <= MAX_ROWS ? rowsCard(node) : cellsCard(node);
}

function rowsCard(node: PhaseNode): Card {
  const rows = node.members.map(member => widthOf(member.title) + widthOf(member.model) + 52);
  const width = clampWidth(Math.max(headWidth(node), ...rows) + 2 * PADDING);
  const inner = width - 2 * PADDING;
  const members = node.members.map((member, index): MemberPlace => {
    const model = ellipsis(member.model, inner * 0.55);
    const title = ellipsis(member.title, inner - 40 - widthOf(model));
    return {
      member,
      x: PADDING,
      y: HEADER + index * ROW,
      width: inner,
      height: ROW,
      title,
      model,
    };
  });
  const height = HEADER + node.members.length * ROW + PADDING - 4;
  return { width, height, title: titleOf(node, width), arrangement: 'rows', members };
}

function cellsCard(node: PhaseNode): Card {
  const count = node.members.length;
  const pitch = count > MANY ? 10 : 20;
  const inner = MAX_WIDTH - 2 * PADDING;
  const columns = Math.floor(inner / pitch);
  const members = node.members.map(
    (member, index): MemberPlace => ({
      member,
      x: PADDING + (index % columns) * pitch,
      y: HEADER + Math.floor(index / columns) * pitch,
      width: pitch,
      height: pitch,
      title: '',
      model: '',
    }),
  );
  const height = HEADER + Math.ceil(count / columns) * pitch + PADDING;
  return { width: MAX_WIDTH, height, title: titleOf(node, MAX_WIDTH), arrangement: 'cells', members };
}

function circleCard(node: PhaseNode): Card {
  const count = node.members.length;
  const size = { width: 84, height: ROW };
  const radius = { x: (MAX_WIDTH - size.width) / 2 - PADDING, y: 36 + 8 * count };
  const middle = { x: MAX_WIDTH / 2, y: HEADER + radius.y + size.height / 2 };
  const members = node.members.map((member, index): MemberPlace => {
    // The first stands at the top; the others follow clockwise.
    const angle = (2 * Math.PI * index) / count - Math.PI / 2;
    return {
      member,
      x: middle.x + radius.x * Math.cos(angle) - size.width / 2,
      y: middle.y + radius.y * Math.sin(angle) - size.height / 2,
      ...size,
      title: ellipsis(member.title, size.width - 24),
      model: '',
    };
  });
  const height = HEADER + 2 * radius.y + size.height + PADDING;
  return { width: MAX_WIDTH, height, title: titleOf(node, MAX_WIDTH), arrangement: 'circle', members };
}

function headWidth(node: PhaseNode): number {
  return Math.max(widthOf(node.phase) * 1.1 + 28, widthOf(node.facts) + 28);
}

function titleOf(node: PhaseNode, width: number): string {
  return ellipsis(node.phase, (width - 2 * PADDING - 28) / 1.1);
}

function clampWidth(width: number): number {
  return Math.round(Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width)));
}
