import { prelude } from '@/engine/user-code/prelude'
import { scriptBody } from '@/engine/user-code/model-script'

/** sandbox.json: the JavaScript of our own that sandbox.py runs around that of the user. */
export const sandboxTexts: Readonly<Record<string, string>> = {
  /** What the QuickJS of Python does not have yet. */
  older: `(() => {
  const add = (on, name, value) => { if (!(name in on)) Object.defineProperty(on, name, { value, writable: true, configurable: true }) }
  const at = function (index) { const from = Math.trunc(index) || 0; return this[from < 0 ? this.length + from : from] }
  add(Array.prototype, 'at', at)
  add(String.prototype, 'at', at)
  add(Object, 'hasOwn', (of, key) => Object.prototype.hasOwnProperty.call(of, key))
  add(Array.prototype, 'toSorted', function (compare) { return [...this].sort(compare) })
  add(Array.prototype, 'toReversed', function () { return [...this].reverse() })
  add(Array.prototype, 'with', function (index, value) { const copy = [...this]; copy[index < 0 ? copy.length + index : index] = value; return copy })
  add(Array.prototype, 'toSpliced', function (...change) { const copy = [...this]; copy.splice(...change); return copy })
  add(Array.prototype, 'findLastIndex', function (test) { for (let at = this.length - 1; at >= 0; at--) if (test(this[at], at, this)) return at; return -1 })
  add(Array.prototype, 'findLast', function (test) { return this[this.findLastIndex(test)] })
  add(Object, 'groupBy', (items, keyOf) => { const groups = Object.create(null); let at = 0; for (const item of items) (groups[keyOf(item, at++)] ??= []).push(item); return groups })
  add(String.prototype, 'isWellFormed', function () { return !/[\\ud800-\\udfff]/u.test(this) })
})()`,
  /** From the user's function to one from JSON text to text: its value, why that is none, or what was thrown. */
  frame: `(() => {
  const { wrap, describe } = ${prelude}
  return (made, limit) => {
    const run = wrap(made, limit)
    return run && (args => {
      try {
        return run(args)
      } catch (thrown) {
        return '?' + describe(thrown)
      }
    })
  }
})()`,
  script: `(function (inputs) {${scriptBody}\n})`,
  ask: `(name, question) => {
  Promise.resolve(question).then(text => rules[name](JSON.parse(text))).then(
    value => { answer = '=' + JSON.stringify(value) },
    error => { answer = '?' + (error && error.message || String(error)) },
  )
}`,
}
