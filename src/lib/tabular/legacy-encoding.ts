import { textDecoder } from './text-decoder'

export interface LegacyGuess {
  readonly label: string
  readonly isDoubtful: boolean
}

/**
 * The likeliest of the encodings from before UTF-8: the one in which the bytes beyond ASCII become the most frequent letters of some
 * language. `isolated` is the share of such bytes that stand alone or by two between ASCII: high in Western languages, low in others.
 */
export function guessLegacy(slices: readonly Uint8Array[], isolated: number): LegacyGuess {
  const scored = candidates
    .map(candidate => scoreOf(candidate, slices, isolated))
    .filter(one => one !== undefined)
    .sort((a, b) => b.score - a.score)
  const [best] = scored
  if (!best || best.score < 0.1) return { label: 'windows-1252', isDoubtful: true }
  // Encodings that read these bytes alike are no rivals.
  const rival = scored.find(other => other.text !== best.text)
  return { label: best.label, isDoubtful: best.score < 0.45 || (rival !== undefined && rival.score > best.score * 0.9) }
}

interface Candidate {
  readonly label: string
  /** Frequent letters beyond ASCII, or a test of them. */
  readonly isFrequent: (letter: string) => boolean
  /** How far the pattern of the bytes speaks for it. */
  readonly weight: (isolated: number) => number
  /** The share that is frequent in a long text: what a score of 1 stands for. */
  readonly usual: number
}

interface Scored {
  readonly label: string
  readonly text: string
  readonly score: number
}

function scoreOf({ label, isFrequent, weight, usual }: Candidate, slices: readonly Uint8Array[], isolated: number): Scored | undefined {
  let text = ''
  for (const slice of slices) {
    const letters = decoded(label, slice)
    if (letters === undefined) return undefined
    text += letters
  }
  let [all, frequent] = [0, 0]
  for (const letter of text) {
    if ((letter.codePointAt(0) ?? 0) < 0x80) continue
    all += 1
    if (isFrequent(letter)) frequent += 1
  }
  return { label, text, score: all === 0 ? 0 : Math.min(1, frequent / all / usual) * weight(isolated) }
}

/** Undefined where the bytes are none of this encoding; a character may be cut at the end of the slice. */
function decoded(label: string, slice: Uint8Array): string | undefined {
  try {
    return textDecoder(label, { fatal: true }).decode(slice, { stream: true })
  } catch {
    return undefined
  }
}

const anyOf = (letters: string) => {
  const set = new Set(letters)
  return (letter: string) => set.has(letter)
}
const alone = (isolated: number): number => 0.25 + 0.75 * isolated
const inRuns = (isolated: number): number => 1 - 0.75 * isolated
const always = (): number => 1
/** Kana stand in no other text, while common Chinese characters come about by chance. */
const byKana = (): number => 1.15
const single = (label: string, letters: string, weight: Candidate['weight'], usual = 0.6): Candidate => ({
  label,
  isFrequent: anyOf(letters),
  weight,
  usual,
})

const western = 'äöüßÄÖÜéèêëàâçîïôûùÉÈÀÇáíóúñÑ¿¡ãõåæøÅÆØ’‘“”–—…€£§°«»\u00a0·²½'
const chinese =
  '的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运。，、！？；：“”（）《》'
const traditional =
  '的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加西斯月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活爾更別打女變四神總何電數安少報才結反受目太量再感建務做接必場件計管期市直德資命山金指克許統區保至隊形社便空決治展馬科司五基眼書非則聽白卻界達光放強即像難且權思王象完設式色路記南品住告類求據程北邊死張該交規萬取拉格望覺術領共確傳師觀清今切院讓識候帶導爭運。，、！？；：「」（）《》'
const isKana = (letter: string): boolean => letter >= '\u3041' && letter <= '\u30fe'
const isHangul = (letter: string): boolean => letter >= '\uac00' && letter <= '\ud7a3'

const candidates: readonly Candidate[] = [
  single('windows-1252', western, alone, 0.95),
  single('windows-1250', 'äöüßÄÖÜéëâáíóúýěščřžťďňůĚŠČŘŽąćęłśźŁŚŻőűăşţđ’„“”–…', alone, 1),
  single('iso-8859-2', 'äöüßÄÖÜéëâáíóúýěščřžťďňůĚŠČŘŽąćęłśźŁŚŻőűăşţđ', alone, 1),
  single('macintosh', western, alone, 1),
  single('windows-1254', 'ığşçöüİĞŞÇÖÜâî’“”', alone, 1),
  single('windows-1257', 'āčēģīķļņšūžąęėįųĀČĒĪŠŪŽõäöü’“”', alone, 1),
  single('windows-1251', 'оеаинтсрвлкмдпуяызьбгчйхжОПНВ', inRuns, 0.9),
  single('koi8-r', 'оеаинтсрвлкмдпуяызьбгчйхжОПНВ', inRuns, 0.9),
  single('ibm866', 'оеаинтсрвлкмдпуяызьбгчйхжОПНВ', inRuns, 0.9),
  single('windows-1253', 'αοιετσνηυρπκμλςάέήίόύώδ', inRuns, 0.9),
  single('windows-1255', 'יוהלאתרבמשנכדםפןעחקצ', inRuns, 0.9),
  single('windows-1256', 'اليمنرتوبهدعسةفحقكشأجصطإى', inRuns, 0.8),
  {
    label: 'windows-874',
    isFrequent: letter => letter >= '\u0e01' && letter <= '\u0e5b',
    weight: isolated => 0.8 * inRuns(isolated),
    usual: 1,
  },
  { label: 'shift_jis', isFrequent: isKana, weight: byKana, usual: 0.35 },
  { label: 'euc-jp', isFrequent: isKana, weight: byKana, usual: 0.35 },
  { label: 'euc-kr', isFrequent: isHangul, weight: inRuns, usual: 0.9 },
  { label: 'gb18030', isFrequent: anyOf(chinese), weight: inRuns, usual: 0.4 },
  { label: 'big5', isFrequent: anyOf(traditional), weight: always, usual: 0.4 },
]
