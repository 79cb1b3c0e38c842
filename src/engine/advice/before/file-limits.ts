import { formatBytes } from '@/lib/byte-size'
import type { ExampleId } from '../../base/example'
import type { BlobRef } from '../../blobs/blob-ref'
import type { Split } from '../../data/split'
import type { StartProblem } from './start-problem'
import { rowWords } from './words'

/** A file that a row holds. */
export interface RowFile {
  readonly row: ExampleId
  readonly split: Split
  readonly input: string
  readonly ref: BlobRef
}

/** What an endpoint is said to take of files; absent where nothing is known. */
interface FileLimits {
  /** Ends the name of the host. */
  readonly host: string
  readonly images?: readonly string[]
  /** Absent: whatever a browser plays. Empty: none. */
  readonly audio?: readonly string[]
  readonly imageBytes?: number
  /** All files of one request together. */
  readonly requestBytes?: number
}

const webImages = ['image/png', 'image/jpeg', 'image/webp', 'image/gif']
const commonAudio = ['audio/wav', 'audio/x-wav', 'audio/wave', 'audio/mpeg', 'audio/mp3']

/** From memory, and checked with none of them: whoever reads of one of these limits is told so. */
const known: readonly FileLimits[] = [
  { host: 'api.openai.com', images: webImages, audio: commonAudio, requestBytes: 50_000_000 },
  { host: 'api.anthropic.com', images: webImages, audio: [], imageBytes: 5_000_000, requestBytes: 32_000_000 },
  {
    host: 'generativelanguage.googleapis.com',
    images: [...webImages, 'image/heic', 'image/heif'],
    audio: [...commonAudio, 'audio/aiff', 'audio/aac', 'audio/ogg', 'audio/flac'],
    requestBytes: 20_000_000,
  },
  { host: 'api.x.ai', images: ['image/png', 'image/jpeg'], audio: [], imageBytes: 20_000_000 },
  { host: 'api.groq.com', images: webImages, audio: [], imageBytes: 4_000_000 },
  { host: 'api.mistral.ai', images: webImages, imageBytes: 10_000_000 },
]

/** Of an endpoint that is not known: no model looks at drawings made of text, and OpenAI's API has names for two formats of sound. */
const unknown: FileLimits = { host: '', images: [...webImages, 'image/avif', 'image/heic', 'image/bmp', 'image/tiff'], audio: commonAudio }

/** What the endpoints that a run asks are known not to take of the files of its rows, one warning for each kind of trouble. */
export function fileProblems(files: readonly RowFile[], addresses: readonly string[]): readonly StartProblem[] {
  if (files.length === 0) return []
  const hosts = [...new Set(addresses.flatMap(address => (URL.canParse(address) ? [new URL(address).hostname] : [])))]
  return hosts.flatMap(host => problemsAt(host, files))
}

function problemsAt(host: string, files: readonly RowFile[]): readonly StartProblem[] {
  const limits = known.find(each => host === each.host || host.endsWith(`.${each.host}`)) ?? unknown
  const who = limits === unknown ? 'most models do' : `${host} does`
  const problems: StartProblem[] = []
  const tell = (found: readonly RowFile[], message: (rows: string) => string, advice: string): void => {
    const rows = [...new Set(found.map(({ row }) => row))]
    if (rows.length === 0) return
    problems.push({
      id: 'file-limits',
      severity: 'warning',
      message: message(rows.length === 1 ? '1 row holds' : `${rowWords(rows.length)} hold`),
      advice: limits === unknown ? advice : `${advice} The studio has not checked this limit with ${host}: one row tries it.`,
      fixes: [{ kind: 'show-rows', rows, words: 'Show these rows' }],
    })
  }
  const wrongType = (part: 'image' | 'audio', taken: readonly string[] | undefined): void => {
    if (taken === undefined) return
    const found = files.filter(({ ref: { mime } }) => mime.startsWith(`${part}/`) && !taken.includes(mime))
    const types = [...new Set(found.map(({ ref }) => ref.mime))].join(', ')
    const advice =
      taken.length === 0
        ? 'Choose a model at another endpoint for the steps that get them.'
        : `Convert them to ${part === 'image' ? 'PNG or JPEG' : 'WAV or MP3'}, or choose another model.`
    const what = taken.length > 0 ? types : part === 'image' ? 'images' : 'recordings'
    tell(found, holds => `${holds} ${what}, which ${who} not take.`, advice)
  }
  wrongType('image', limits.images)
  wrongType('audio', limits.audio)
  const { imageBytes, requestBytes } = limits
  if (imageBytes !== undefined) {
    const large = files.filter(({ ref: { mime, bytes } }) => mime.startsWith('image/') && bytes > imageBytes)
    tell(
      large,
      holds => `${holds} an image larger than the ${formatBytes(imageBytes)} that ${host} takes.`,
      'Make them smaller, or choose another model.',
    )
  }
  if (requestBytes !== undefined) {
    const sums = sentBytes(files)
    const heavy = files.filter(({ row }) => (sums.get(row) ?? 0) > requestBytes)
    tell(
      heavy,
      holds => `${holds} files of more than ${formatBytes(requestBytes)} together, the most that ${host} takes in one request.`,
      'Make them smaller, or leave some out.',
    )
  }
  return problems
}

/** By row, as they are sent: base64 takes four characters for three bytes. */
function sentBytes(files: readonly RowFile[]): ReadonlyMap<ExampleId, number> {
  const sums = new Map<ExampleId, number>()
  for (const { row, ref } of files) sums.set(row, (sums.get(row) ?? 0) + Math.ceil(ref.bytes / 3) * 4)
  return sums
}
