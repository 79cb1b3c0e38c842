/**
 * Runs inside the sandbox before the user's code: takes time and chance away, and gives back a function that turns the user's
 * function into one from JSON text to tagged JSON text. It keeps its own `JSON`, so that user code cannot change the way out.
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

  return (userFunction, limit) => {
    if (typeof userFunction !== 'function') return undefined
    return text => {
      seed = 1
      const value = userFunction(...parse(text))
      if (value === undefined) return 'undefined'
      if (typeof value === 'function') return 'function'
      if (typeof value === 'number' && !isFinite(value)) return 'number ' + value
      if (typeof value === 'object' && value !== null && typeof value.then === 'function') return 'promise'
      let bad
      const json = stringify(value, (key, part) => {
        if (typeof part === 'number' && !isFinite(part) && bad === undefined) bad = key + ' ' + part
        return part
      })
      if (bad !== undefined) return 'part ' + bad
      if (json === undefined) return 'undefined'
      if (json.length > limit) return 'long ' + json.length
      return '=' + json
    }
  }
})()`
