import { isJsonObject, type Json, type JsonObject } from '../json'

/** Where the rows of a JSON file stand that is one object. */
export interface RowShape {
  /** What to tell of it. */
  readonly detail: string
  /** What of the object is in no row, in words. */
  readonly leftOut: readonly string[]
  /** Takes the rows out of the object, or out of one of the same shape. */
  rows(whole: JsonObject): readonly Json[]
}

/** The shapes that are known: a viewer's rows, the orientations of pandas, a list below some key, one row alone. */
export function shapeOf(whole: JsonObject): RowShape | undefined {
  return viewerRows(whole) ?? splitRows(whole) ?? columnLists(whole) ?? listBelowKey(whole) ?? objectsOfObjects(whole) ?? singleRow(whole)
}

/** `{"rows": [{"row_idx": 0, "row": {…}, "truncated_cells": []}], "num_rows_total": …}`, as the dataset viewer of Hugging Face gives it. */
function viewerRows({ rows, num_rows_total: total }: JsonObject): RowShape | undefined {
  if (!isList(rows) || rows.length === 0 || !rows.every(item => isJsonObject(item) && isJsonObject(item['row'] ?? null))) return undefined
  const cut = rows.filter(item => isJsonObject(item) && isList(item['truncated_cells']) && item['truncated_cells'].length > 0).length
  return {
    detail: 'rows of a dataset viewer',
    leftOut: [
      ...(typeof total === 'number' && total > rows.length ? [`${total - rows.length} of ${total} rows that the viewer did not give`] : []),
      ...(cut > 0 ? [`the rest of cells that the viewer cut in ${cut} ${cut === 1 ? 'row' : 'rows'}`] : []),
    ],
    rows: whole => listAt(whole, 'rows').map(item => (isJsonObject(item) ? (item['row'] ?? null) : null)),
  }
}

/** pandas, orient="split": `{"columns": ["a"], "index": [0], "data": [[1]]}`. */
function splitRows({ columns, data, index }: JsonObject): RowShape | undefined {
  if (!isList(columns) || !isList(data) || !data.every(isList) || columns.some(name => typeof name === 'object')) return undefined
  return {
    detail: 'pandas, orient="split"',
    leftOut: indexWords(isList(index) ? index : []),
    rows: whole => {
      const names = listAt(whole, 'columns').map(String)
      return listAt(whole, 'data').map(cells => objectOf(names.map((name, place) => [name, isList(cells) ? (cells[place] ?? null) : null])))
    },
  }
}

/** pandas, orient="list", and tables of columns elsewhere: `{"a": [1, 2], "b": ["x", "y"]}`. */
function columnLists(whole: JsonObject): RowShape | undefined {
  const lists = Object.values(whole)
  const [first] = lists
  if (!isList(first) || first.length === 0 || !lists.every(list => isList(list) && list.length === first.length)) return undefined
  // One list of objects, or several of them alone, is more likely a list of rows.
  if (lists.every(list => isList(list) && list.every(isJsonObject))) return undefined
  return {
    detail: 'columns with lists of values',
    leftOut: [],
    rows: object => first.map((_, row) => objectOf(Object.keys(whole).map(name => [name, listAt(object, name)[row] ?? null]))),
  }
}

/** `{"version": 1, "data": [{…}, {…}]}`: the longest list of objects. pandas, orient="table", is one. */
function listBelowKey(whole: JsonObject): RowShape | undefined {
  const lists = Object.entries(whole).flatMap(([key, list]) =>
    isList(list) && list.some(isJsonObject) ? [{ key, size: list.length }] : [],
  )
  const [found, ...others] = lists.sort((a, b) => b.size - a.size)
  if (!found) return undefined
  return {
    detail: `rows of "${found.key}"`,
    leftOut: others.map(({ key, size }) => `"${key}" (${size} ${size === 1 ? 'item' : 'items'})`),
    rows: object => listAt(object, found.key),
  }
}

/**
 * Objects of equal keys in an object: pandas, orient="columns" (`{"a": {"0": 1, "1": 2}}`, its default), or orient="index" and records
 * by their ids (`{"0": {"a": 1}, "1": {"a": 2}}`). Row numbers tell which; without numbers the longer side is taken for the rows.
 */
function objectsOfObjects(whole: JsonObject): RowShape | undefined {
  const outer = Object.keys(whole)
  const objects = Object.values(whole)
  const [first] = objects
  if (!isJsonObject(first) || !objects.every(isJsonObject)) return undefined
  const inner = Object.keys(first)
  const isNumbered = (keys: readonly string[]): boolean => keys.every(key => /^\d+$/.test(key))
  const isSameKeys = objects.every(
    object => isJsonObject(object) && Object.keys(object).length === inner.length && inner.every(key => key in object),
  )
  if (inner.length === 0) return undefined
  if (isSameKeys && isNumbered(inner)) return byColumns(outer, inner)
  if (isNumbered(outer) || (outer.length > 1 && isMostlyAlike(objects, inner) && (!isSameKeys || outer.length >= inner.length)))
    return byIndex(outer)
  return isSameKeys && outer.length > 1 ? byColumns(outer, inner) : undefined
}

/** Records may lack a key here and there, but share most. */
function isMostlyAlike(objects: readonly Json[], keys: readonly string[]): boolean {
  return objects.every(object => isJsonObject(object) && Object.keys(object).filter(key => keys.includes(key)).length * 2 > keys.length)
}

function byColumns(names: readonly string[], index: readonly string[]): RowShape {
  return {
    detail: 'columns of pandas',
    leftOut: indexWords(index),
    rows: whole => index.map(row => objectOf(names.map(name => [name, objectAt(whole, name)[row] ?? null]))),
  }
}

function byIndex(index: readonly string[]): RowShape {
  return { detail: 'rows by their keys', leftOut: indexWords(index), rows: whole => index.map(row => whole[row] ?? null) }
}

function singleRow(whole: JsonObject): RowShape | undefined {
  const cells = Object.values(whole)
  if (cells.length === 0 || cells.some(isList)) return undefined
  return { detail: 'one object', leftOut: [], rows: object => [object] }
}

/** Row numbers from 0 up say nothing; other names of rows are something that is lost. */
function indexWords(index: readonly Json[]): string[] {
  return index.every((name, place) => String(name) === String(place)) ? [] : [`the names of the rows (${String(index[0])}, …)`]
}

function objectOf(entries: readonly (readonly [string, Json])[]): JsonObject {
  return Object.fromEntries(entries)
}

function listAt(whole: JsonObject, key: string): readonly Json[] {
  const list = whole[key]
  return isList(list) ? list : []
}

function objectAt(whole: JsonObject, key: string): JsonObject {
  const object = whole[key]
  return isJsonObject(object) ? object : {}
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}
