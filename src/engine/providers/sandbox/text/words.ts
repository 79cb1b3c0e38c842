/** Lower-case words and numbers of a text, in order; apostrophes are closed up (`can't` → `cant`). */
export function words(text: string): string[] {
  return (
    text
      .toLowerCase()
      .replace(/['’]/g, '')
      .match(/[\p{L}\p{N}]+/gu) ?? []
  )
}

/** Words of an identifier: `feature_request`, `HowTo` → `feature request`, `how to`. */
export function nameWords(name: string): string[] {
  return words(name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/_/g, ' '))
}

/** Light stemming: enough to join `charge`, `charged`, `charges`, `charging`; never used for display. */
export function stem(word: string): string {
  if (word.length <= 3) return word
  let out = word
  if (out.endsWith('ies') && out.length > 4) out = `${out.slice(0, -3)}y`
  else if (/(ss|us|is)$/.test(out)) return out
  else if (/(ch|sh|x|z|ss)es$/.test(out)) out = out.slice(0, -2)
  else if (out.endsWith('s')) out = out.slice(0, -1)
  if (out.endsWith('ing') && out.length > 5) out = undouble(out.slice(0, -3))
  else if (out.endsWith('ied') && out.length > 4) out = `${out.slice(0, -3)}y`
  else if (out.endsWith('ed') && out.length > 4) out = undouble(out.slice(0, -2))
  else if (out.endsWith('ly') && out.length > 5) out = out.slice(0, -2)
  if (out.endsWith('e') && out.length > 3) out = out.slice(0, -1)
  return out
}

/** Stems of the words that carry meaning. */
export function terms(text: string): string[] {
  return words(text)
    .filter(word => !isStopWord(word))
    .map(stem)
}

export function isStopWord(word: string): boolean {
  return stopWords.has(word) || word.length === 1
}

/** The first 400: whoever asks compares each with each. */
export function sentences(text: string): string[] {
  return text
    .split(/(?<=[.!?])["')\]]?\s+|\n+/)
    .map(sentence => sentence.trim())
    .filter(sentence => sentence !== '')
    .slice(0, 400)
}

function undouble(word: string): string {
  return /([bdgklmnprt])\1$/.test(word) && !/(ll|ss)$/.test(word) ? word.slice(0, -1) : word
}

const stopWords = new Set(
  words(
    `a an the and or but if then so than that this these those it its im ive id ill i me my mine we our ours us you your yours he him his she
     her hers they them their theirs who whom whose which what where why be is am are was were been being do does did doing done have has had
     having will would shall should can could may might must of in on at by for with from to into onto about as up down out off over under again
     there here very just also too only own same such some any all both few more most other each every s t re ve ll d am pm please thanks thank
     hello hi hey dear really quite however because while when until since during before after between through per via etc get gets got getting
     like want wants wanted need needs one ones im thats theres isnt arent wasnt werent lets`,
  ),
)
