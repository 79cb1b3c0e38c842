import { longestThrown } from './thrown-text'

/** Enough for `thrownText` to cut between characters, and to see that there was more. */
const keptThrown = longestThrown + 100

/**
 * Runs inside the code runner before the user's code: takes time and chance away, and gives back `wrap`, which turns the user's function
 * into one from JSON text to `=` and JSON or `!` and a `BadReturn`, and `describe`, which says what was thrown (`user-error.ts` reads it).
 * It keeps its own `JSON`, so that user code cannot change the way out.
 */
export const prelude = `(() => {
  const parse = JSON.parse, stringify = JSON.stringify, isFinite = Number.isFinite
  const now = 946684800000
  let seed = 1
  Math.random = () => {
    seed = (seed + 0x6d2b79f5) | 0
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const RealDate = Date
  const noZone = /^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+$/
  function FixedDate(...parts) {
    if (!new.target) return new FixedDate().toISOString()
    const value = parts.length === 0 ? now : parts.length > 1 ? RealDate.UTC(...parts) : noZone.test(parts[0]) ? parts[0] + 'Z' : parts[0]
    return Reflect.construct(RealDate, [value], new.target)
  }
  FixedDate.prototype = RealDate.prototype
  FixedDate.prototype.constructor = FixedDate
  FixedDate.now = () => now
  FixedDate.UTC = RealDate.UTC
  FixedDate.parse = text => new FixedDate(String(text)).getTime()
  for (const part of ['Date', 'Day', 'FullYear', 'Hours', 'Milliseconds', 'Minutes', 'Month', 'Seconds']) {
    FixedDate.prototype['get' + part] = FixedDate.prototype['getUTC' + part]
    if (part !== 'Day') FixedDate.prototype['set' + part] = FixedDate.prototype['setUTC' + part]
  }
  FixedDate.prototype.getTimezoneOffset = () => 0
  FixedDate.prototype.toString = FixedDate.prototype.toISOString
  globalThis.Date = FixedDate
  const silent = () => {}
  globalThis.console = { log: silent, info: silent, warn: silent, error: silent, debug: silent }

  const text = value => typeof value === 'string'
  const attempt = read => { try { return read() } catch { return undefined } }
  const string = String, RealError = Error, RealTypeError = TypeError, test = RegExp.prototype.test, slice = String.prototype.slice
  const call = Function.prototype.call.bind(Function.prototype.call)
  const cut = value => value.length > ${keptThrown} ? call(slice, value, 0, ${keptThrown}) : value

  // What was thrown, whatever it is: looking at it may throw again.
  const describe = thrown => {
    if (thrown === null) return '{"type":"null"}'
    if (text(thrown)) return stringify({ type: 'text', said: cut(thrown), length: thrown.length })
    const read = key => {
      const found = typeof thrown === 'object' ? attempt(() => thrown[key]) : undefined
      return text(found) ? cut(found) : undefined
    }
    const message = read('message')
    const name = read('name')
    if (message !== undefined) return stringify({ type: 'error', name: name === undefined ? 'Error' : name, message, stack: read('stack') })
    if (attempt(() => thrown instanceof RealError)) return stringify({ type: 'value', said: name === undefined ? 'Error' : name })
    if (typeof thrown === 'function') return '{"type":"value","said":"a function"}'
    const json = attempt(() => stringify(thrown))
    const said = json === undefined ? attempt(() => string(thrown)) : json
    return stringify({ type: 'value', said: said === undefined ? 'a value that cannot be read' : cut(said) })
  }

  const wrap = (userFunction, limit) => {
    if (typeof userFunction !== 'function') return undefined
    return args => {
      seed = 1
      const value = userFunction(...parse(args))
      const bad = why => '!' + stringify(why)
      if (value === undefined) return bad({ why: 'nothing' })
      if (typeof value === 'function' || typeof value === 'symbol') return bad({ why: typeof value })
      if (typeof value === 'object' && value !== null && typeof value.then === 'function') return bad({ why: 'promise' })
      if (text(value) && value.length > limit) return bad({ why: 'long', length: value.length })
      let found
      let json
      try {
        json = stringify(value, (at, part) => {
          if (typeof part === 'number' && !isFinite(part) && found === undefined) found = { why: 'number', at, value: '' + part }
          if (typeof part !== 'bigint') return part
          if (found === undefined) found = { why: 'bigint', at }
          return null
        })
      } catch (error) {
        if (error instanceof RealTypeError && call(test, /circular/i, error.message)) return bad({ why: 'circular' })
        throw error
      }
      if (found !== undefined) return bad(found)
      if (json === undefined) return bad({ why: 'nothing' })
      if (json.length > limit) return bad({ why: 'long', length: json.length })
      return '=' + json
    }
  }
  return { wrap, describe }
})()`
