/** Whether a text that was pasted is meant for `readPythonSignatures`. */
export function looksLikePython(text: string): boolean {
  return /^[ \t]*class[ \t]+\w+[ \t]*[(:]|\bdspy\.Signature\b|^from dspy\b/m.test(text)
}
