import { stem, words } from './words'

/** Converts "5 km to miles": common units only, nothing that a school table does not hold. Undefined where units do not match. */
export function convertUnits(value: number, text: string): number | undefined {
  const list = words(text.replace(/°/g, ' ')).map(stem)
  const named = list.map(word => units[word]).filter(unit => unit !== undefined)
  const numberAt = list.findIndex(word => /^\d/.test(word))
  const from = list
    .slice(Math.max(0, numberAt))
    .map(word => units[word])
    .find(unit => unit !== undefined)
  const to = named.find(unit => unit !== from && unit.of === from?.of)
  if (from === undefined || to === undefined) return undefined
  if (from.of === 'heat') return from.size === to.size ? value : from.size === 1 ? value * 1.8 + 32 : (value - 32) / 1.8
  return (value * from.size) / to.size
}

interface Unit {
  readonly of: string
  readonly size: number
}

const table: readonly (readonly [of: string, size: number, names: string])[] = [
  ['length', 0.001, 'mm millimetre millimeter'],
  ['length', 0.01, 'cm centimetre centimeter'],
  ['length', 1, 'm metre meter'],
  ['length', 1000, 'km kilometre kilometer'],
  ['length', 0.0254, 'inch inches'],
  ['length', 0.3048, 'foot feet ft'],
  ['length', 0.9144, 'yard yd'],
  ['length', 1609.344, 'mile mi'],
  ['weight', 0.001, 'mg milligram'],
  ['weight', 1, 'g gram'],
  ['weight', 1000, 'kg kilogram kilo'],
  ['weight', 1e6, 'tonne'],
  ['weight', 28.3495, 'ounce oz'],
  ['weight', 453.592, 'pound lb'],
  ['volume', 0.001, 'ml millilitre milliliter'],
  ['volume', 1, 'l litre liter'],
  ['volume', 3.78541, 'gallon'],
  ['volume', 0.24, 'cup'],
  ['time', 1, 'second sec'],
  ['time', 60, 'minute min'],
  ['time', 3600, 'hour'],
  ['time', 86400, 'day'],
  ['time', 604800, 'week'],
  ['heat', 1, 'celsius c'],
  ['heat', 2, 'fahrenheit f'],
]

const units: Readonly<Record<string, Unit>> = Object.fromEntries(
  table.flatMap(([of, size, names]) => {
    const unit = { of, size }
    return words(names).map(name => [stem(name), unit] as const)
  }),
)
