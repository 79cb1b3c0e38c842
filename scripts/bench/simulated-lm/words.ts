/** Lower-case stems of a text without the words that every text has. */
export function stems(text: string): string[] {
  return (text.toLowerCase().match(/[a-z]+/g) ?? []).filter(word => word.length > 2 && !common.has(word)).map(stem)
}

export function stem(word: string): string {
  const short = word
    .replace(/(?:ings?|edly|ed|ies|es|s|ly)$/, '')
    .replace(/(.)\1$/, '$1')
    .replace(/[ey]$/, '')
  return short.length >= 3 ? short : word
}

const common = new Set(
  `the and for are was were that this with from have has had not but you your our his her its they them their then than there here what which who
   whom how many much does did can could will would shall should may might must about into onto over under after before when where while been being
   also just only very too all any some each every one two three four five six seven eight nine ten more most less out off per via yet nor him she
   get got give gave take took make made come came goes going still now ago let say said see saw`.split(/\s+/),
)
