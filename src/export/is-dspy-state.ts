import { isJsonObject, type Json, type JsonObject } from '@/lib/json'

/** True for what DSPy's `save` writes: at least one entry of a predictor. Looks at the two upper levels alone. */
export function isDspyState(json: Json): json is JsonObject {
  return isJsonObject(json) && (isDspyEntry(json) || Object.values(json).some(isDspyEntry))
}

export function isDspyEntry(value: unknown): value is JsonObject {
  return isJsonObject(value) && isJsonObject(value['signature'])
}

/** The same, and a file of DSPy's Flex, of which nothing can be taken: whoever reads it says why. */
export function isDspyFile(json: Json): boolean {
  return isDspyState(json) || isFlex(json) || (isJsonObject(json) && Object.values(json).some(isFlex))
}

/** What a module of DSPy's Flex is saved as. */
export function isFlex(value: unknown): value is JsonObject {
  return isJsonObject(value) && typeof value['module_src'] === 'string'
}

/** For a folder of `save(…, save_program=True)`, and for a `.pkl` file. Opening one would run the Python in it. */
export const wholeProgramWords =
  'This is a whole program that Python pickled, and only Python can open it. Load it there with dspy.load("folder", allow_pickle=True) or program.load("file.pkl", allow_pickle=True), save it with program.save("state.json"), and open that file.'

/** Also the part of such a folder that is JSON. */
export function isWholeProgram(json: Json): boolean {
  return isJsonObject(json) && isJsonObject(json['dependency_versions'] ?? null)
}
