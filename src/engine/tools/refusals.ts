import { EngineError } from '../base/errors'

// Each is thrown before anything is contacted.

export function notAllowed(wanted: readonly { readonly tool: string; readonly origin: string }[]): EngineError {
  const origins = [...new Set(wanted.map(({ origin }) => origin))]
  const tools = [...new Set(wanted.map(({ tool }) => tool))]
  const who = tools.length === 1 ? `The tool ${tools[0]} calls` : `The tools ${tools.join(', ')} call`
  return new EngineError(
    'tool-refused',
    `${who} ${origins.join(' and ')}, which this project is not allowed to contact. Nothing was sent. Allow it if you trust who made the tool.`,
    { origins, isUnsent: true },
  )
}

export function noSecret(tool: string, origin: string, name: string): EngineError {
  return new EngineError(
    'tool-refused',
    `The tool ${tool} needs the secret ${name} for ${origin}, and none is saved under this name. Nothing was sent.`,
    {
      origin,
      secret: name,
      isUnsent: true,
    },
  )
}

export function nothingAllowed(tool: string): EngineError {
  return new EngineError('tool-refused', `The tool ${tool} reaches outside of the program, and nothing here may.`, { tool, isUnsent: true })
}
