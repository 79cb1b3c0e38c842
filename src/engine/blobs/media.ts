/** The kinds of files that a field may hold, as the types of DSPy tell them apart. */
export type MediaKind = 'image' | 'audio' | 'file'

interface Media {
  /** With its article. */
  readonly noun: string
  /** What to give in place of something else. */
  readonly advice: string
  /** What a file chooser offers. */
  readonly accept: string
  takes(mime: string): boolean
}

/** What is known of each. */
export const media: Readonly<Record<MediaKind, Media>> = {
  image: {
    noun: 'an image',
    advice: 'Give a PNG, JPEG, WebP, GIF or SVG: a file, a data: URL, or its address.',
    accept: 'image/*',
    takes: mime => mime.startsWith('image/'),
  },
  audio: {
    noun: 'a recording',
    advice: 'Give a WAV or MP3: a file, a data: URL, or its address.',
    accept: 'audio/*',
    takes: mime => mime.startsWith('audio/'),
  },
  file: {
    noun: 'a file',
    advice: 'Give a file, a data: URL, an address, or the id that the provider gave to an upload, such as file-abc123.',
    accept: '',
    takes: () => true,
  },
}

/** What a file is by the end of its name, for those that nothing in their bytes tells; undefined for others. */
export function mimeOfName(name: string): string | undefined {
  return endings[/\.(\w{1,5})$/.exec(name)?.[1]?.toLowerCase() ?? '']
}

const endings: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  html: 'text/html',
  json: 'application/json',
  xml: 'application/xml',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  wav: 'audio/wav',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
  flac: 'audio/flac',
  m4a: 'audio/mp4',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  svg: 'image/svg+xml',
}
