/** Bounds on a value, by the names pydantic gives them: numbers, or points in time as the text of such a value. Lengths are in characters of a text or items of a list. A type alias, since to the compiler an interface is no JSON. */
export type Constraints = {
  readonly gt?: number | string
  readonly ge?: number | string
  readonly lt?: number | string
  readonly le?: number | string
  readonly multipleOf?: number
  readonly minLength?: number
  readonly maxLength?: number
  /** A regular expression that a part of a text must match, as pydantic's engine reads it: without lookaround and back references. */
  readonly pattern?: string
  readonly allowInfNan?: boolean
}
