/** The first few of a list, for a sentence: `a, b, c and 12 more`. */
export function someOf(list: readonly (string | number)[], most = 4): string {
  if (list.length === 1) return String(list[0])
  return list.length > most
    ? `${list.slice(0, most).join(', ')} and ${list.length - most} more`
    : `${list.slice(0, -1).join(', ')} and ${list.at(-1)}`
}
