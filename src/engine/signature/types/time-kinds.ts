import type { Json } from '@/lib/json'
import type { TypeOf } from './field-type'
import { fitted, type TypeKind } from './type-kind'

/**
 * Points in time as the text that Python's `isoformat` prints and pydantic reads: `2024-01-02`, `2024-01-02T10:00:00Z`, `10:00:00`. Numbers
 * are seconds since 1970, or milliseconds where seconds would lie beyond the year 2603, as in pydantic.
 */
export const dateKind = timeKind({ kind: 'date' }, 'A day', 'datetime.date', 'date', toDate)
export const datetimeKind = timeKind({ kind: 'datetime' }, 'A day and its time', 'datetime.datetime', 'date-time', toDatetime)
export const clockKind = timeKind({ kind: 'time' }, 'A time of the day', 'datetime.time', 'time', toTime)

/** How a value of each of these kinds is read; undefined for what is none. */
export const timeReaders = { date: toDate, datetime: toDatetime, time: toTime } as const

/** Whether a text is a day or a time in letters, and no number of seconds. */
export function isTimeText(text: string): boolean {
  return /\d[-:]\d/.test(text) && Object.values(timeReaders).some(read => read(text) !== undefined)
}

/** Which of two values of one of these kinds is later: above 0 for the first. As in pydantic, zones count where both of them have one. */
export function compareTimes(first: string, second: string): number {
  const [a, b] = [momentOf(first), momentOf(second)]
  const shift = a.zone === undefined || b.zone === undefined ? 0 : b.zone - a.zone
  return a.seconds - b.seconds + shift * 60 || a.micros - b.micros
}

/** Seconds by the clock of its zone, and that zone in minutes. */
function momentOf(text: string): { readonly seconds: number; readonly micros: number; readonly zone: number | undefined } {
  const parts = /^(?:(\d{4})-(\d\d)-(\d\d))?T?(?:(\d\d):(\d\d):(\d\d)(?:\.(\d{6}))?)?(?:(Z)|([+-])(\d\d):(\d\d))?$/.exec(text) ?? []
  const [
    ,
    year = '1970',
    month = '01',
    day = '01',
    hour = 0,
    minute = 0,
    second = 0,
    micros = 0,
    utc,
    sign,
    zoneHours = 0,
    zoneMinutes = 0,
  ] = parts
  const days = Date.UTC(Number(year), Number(month) - 1, Number(day)) / 1000
  const minutes = Number(zoneHours) * 60 + Number(zoneMinutes)
  return {
    seconds: days + Number(hour) * 3600 + Number(minute) * 60 + Number(second),
    micros: Number(micros),
    zone: utc ? 0 : sign === undefined ? undefined : sign === '-' ? -minutes : minutes,
  }
}

function timeKind<T extends TypeOf<'date' | 'datetime' | 'time'>>(
  example: T,
  help: string,
  name: string,
  format: string,
  read: (value: Json) => string | undefined,
): TypeKind<T> {
  const json = { type: 'string', format }
  return {
    help,
    example,
    spell: (_type, _spell, place) => (place === 'prompt' ? example.kind : name),
    schema: () => json,
    closedSchema: () => json,
    fit: (_type, value) => fitted(read(value)),
    // To Python a text is never a date by itself.
    fitness: () => 'lax',
    parts: () => [],
  }
}

/** A day; a day with a time only where that is midnight. */
export function toDate(value: Json): string | undefined {
  const whole = toDatetime(value)
  return whole !== undefined && /T00:00:00(?:Z|[+-]\d\d:\d\d)?$/.test(whole) ? whole.slice(0, 10) : undefined
}

function toDatetime(value: Json): string | undefined {
  const seconds = secondsOf(value)
  if (seconds !== undefined) return fromSeconds(seconds)
  if (typeof value !== 'string') return undefined
  const parts = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt _](.+))?$/.exec(value.trim())
  if (!parts || !isDay(Number(parts[1]), Number(parts[2]), Number(parts[3]))) return undefined
  const time = parts[4] === undefined ? '00:00:00' : toClock(parts[4])
  return time === undefined ? undefined : `${parts[1]}-${parts[2]}-${parts[3]}T${time}`
}

function toTime(value: Json): string | undefined {
  if (typeof value === 'string' && value.includes(':')) return toClock(value.trim())
  const seconds = secondsOf(value)
  return seconds === undefined || seconds < 0 || seconds >= 86_400 ? undefined : fromSeconds(seconds)?.slice(11)
}

/** `10:00`, `10:00:30.25`, each with a zone or without, as Python prints it: with seconds, and six digits behind a point. */
function toClock(text: string): string | undefined {
  const parts = /^(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:([Zz])|([+-])(\d\d):?(\d\d))?$/.exec(text)
  if (!parts) return undefined
  const [, hours = '', minutes = '', seconds = '00', fraction = '', utc, sign, zoneHours = '00', zoneMinutes = '00'] = parts
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59 || Number(zoneHours) > 23 || Number(zoneMinutes) > 59)
    return undefined
  const micros = fraction.slice(0, 6).padEnd(6, '0')
  const isUtc = utc !== undefined || (sign !== undefined && Number(zoneHours) === 0 && Number(zoneMinutes) === 0)
  const zone = isUtc ? 'Z' : sign === undefined ? '' : `${sign}${zoneHours}:${zoneMinutes}`
  return `${hours}:${minutes}:${seconds}${Number(micros) === 0 ? '' : `.${micros}`}${zone}`
}

function secondsOf(value: Json): number | undefined {
  const number = typeof value === 'string' && /^\s*[+-]?\d+(?:\.\d+)?\s*$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number)) return undefined
  return Math.abs(number) > 2e10 ? number / 1000 : number
}

function fromSeconds(seconds: number): string | undefined {
  const all = Math.round(seconds * 1e6)
  const whole = Math.floor(all / 1e6)
  const micros = all - whole * 1e6
  const date = new Date(whole * 1000)
  const year = date.getUTCFullYear()
  if (Number.isNaN(year) || year < 1 || year > 9999) return undefined
  const text = date.toISOString()
  return `${text.slice(0, 19)}${micros === 0 ? '' : `.${String(micros).padStart(6, '0')}`}Z`
}

function isDay(year: number, month: number, day: number): boolean {
  const lengths = [31, year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  return year > 0 && day > 0 && day <= (lengths[month - 1] ?? 0)
}
