import type { Position } from '@/engine/project/project'

interface Box extends Position {
  readonly width: number
  readonly height: number
}

/** What a card takes before it is measured. */
export const cardSize = { width: 270, height: 150 }
const gap = 24
const step = 40
const rings = 60

/** The place nearest to the wanted one where a new card stands clear of all others; the wanted one itself where there is none. */
export function freePlace(wanted: Position, cards: readonly Box[]): Position {
  const isFree = ({ x, y }: Position): boolean =>
    cards.every(
      card =>
        x + cardSize.width + gap <= card.x ||
        card.x + card.width + gap <= x ||
        y + cardSize.height + gap <= card.y ||
        card.y + card.height + gap <= y,
    )
  for (let ring = 0; ring <= rings; ring++) {
    const free = ringAround(wanted, ring).filter(isFree)
    if (free.length > 0) return free.reduce((best, place) => (distance(place, wanted) < distance(best, wanted) ? place : best))
  }
  return wanted
}

/** The places of a square ring of the grid around a place. */
function ringAround({ x, y }: Position, ring: number): readonly Position[] {
  if (ring === 0) return [{ x, y }]
  const side = Array.from({ length: 2 * ring + 1 }, (_, at) => at - ring)
  return side.flatMap(at => [
    { x: x + at * step, y: y - ring * step },
    { x: x + at * step, y: y + ring * step },
    { x: x - ring * step, y: y + at * step },
    { x: x + ring * step, y: y + at * step },
  ])
}

function distance(a: Position, b: Position): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}
