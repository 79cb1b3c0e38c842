import { stem, words } from './words'

/**
 * A small thesaurus of everyday English: a stand-in for what a language model knows about word meaning before it sees a task.
 * Written by hand from general topics (money, travel, health, …), so that unseen tasks find something too. It knows no
 * task's labels: `billing` is near `refund` here because both are money words, in any prompt.
 */
const topics: Readonly<Record<string, string>> = {
  money: 'money bill billing invoice charge charged payment pay paid fee fees cost price refund refunded cash bank balance credit debit receipt subscription amount dollar euro pound expensive cheap discount coupon tax vat finance financial budget overcharged reimbursement payroll salary transaction purchase',
  card: 'card visa mastercard atm pin contactless chip',
  transfer: 'transfer wire deposit withdraw withdrawal topup send remittance',
  exchange: 'exchange currency rate convert conversion forex',
  access: 'login log signin sign password passcode account username credential credentials authentication authenticate locked lockout access unlock register registration profile identity verify verification sso mfa',
  security: 'security secure hack hacked breach stolen theft phishing suspicious fraud fraudulent scam malware virus vulnerability leak unauthorized unauthorised spyware compromised intruder',
  fault: 'bug error fail fails failed failing failure crash crashes crashed broken break breaks fault faulty defect defective glitch freeze freezes frozen stuck malfunction wrong issue problem trouble',
  outage: 'outage down offline unavailable downtime unreachable timeout disconnected interruption',
  speed: 'slow sluggish lag laggy latency speed fast quick performance delay delayed late',
  delivery: 'delivery deliver delivered ship shipping shipment package parcel courier postage arrive arrived tracking dispatch carrier mail freight logistics',
  stock: 'stock inventory supply warehouse availability sold-out backorder',
  returning: 'return returned returns exchange replacement replace warranty swap',
  order: 'order ordered purchase buy bought checkout cart basket',
  request: 'feature request suggestion suggest wish wishlist idea improvement enhancement add support proposal',
  question: 'question how howto help guide tutorial explain documentation instruction manual learn wonder wondering',
  cancel: 'cancel cancelled cancellation terminate unsubscribe close closing quit end stop',
  praise: 'good great love loved excellent amazing wonderful fantastic happy pleased best perfect awesome nice enjoy enjoyed brilliant superb delightful positive satisfied recommend praise compliment',
  complaint: 'bad terrible awful horrible hate worst poor disappointing disappointed angry upset annoying annoyed useless boring rude negative waste unhappy unacceptable complaint mess dreadful',
  health: 'health medical doctor hospital nurse patient pain sick ill illness injury injured medicine drug symptom treatment fever clinic disease',
  safety: 'safety hazard danger dangerous accident injury injured smoke burn burned burnt spark sparks emergency evacuate unsafe risk',
  fire: 'fire flame smoke burn burning spark heat overheated',
  water: 'water leak leaking flood pipe drain damp wet plumbing tap spill',
  electricity: 'electric electricity electrical power voltage wire wiring socket fuse breaker battery charger cable lamp light lights outlet',
  machine: 'machine motor engine pump belt gear valve conveyor mechanical equipment bearing lift elevator',
  building: 'building room office floor ceiling wall door window roof kitchen bathroom toilet stairs facility facilities house flat apartment',
  cleaning: 'clean cleaning dirty dirt trash garbage rubbish waste hygiene stain smell odor mould mold dust',
  computing: 'computer software app application program website site web page browser server database code api laptop phone mobile device update version install installation file data cloud',
  network: 'network internet wifi connection router vpn signal bandwidth',
  email: 'email mail inbox message newsletter spam sender attachment',
  promotion: 'free win winner won prize offer deal sale promotion advertise advertising marketing congratulations claim bonus lottery limited cheap guaranteed click',
  person: 'friend mum mom dad brother sister mother father family son daughter wife husband baby child kid',
  staff: 'staff employee colleague manager team worker waiter waitress agent representative boss human hr personnel hiring',
  manners: 'rude polite friendly attitude unhelpful helpful courteous shouted ignored kind welcoming disrespectful',
  food: 'food meal eat ate dinner lunch breakfast restaurant dish taste tasty delicious cook cooked menu pizza bread fruit apple cake drink coffee tea soup',
  travel: 'travel trip flight fly plane airport train bus hotel journey ticket passenger luggage baggage vacation holiday tour visa',
  vehicle: 'car vehicle truck van bike bicycle tyre tire brake road drive driver driving traffic parking',
  time: 'time date day week month year hour minute schedule calendar appointment deadline today tomorrow yesterday morning evening reschedule',
  urgent: 'urgent urgently asap immediately critical emergency severe serious now priority high blocker',
  minor: 'minor small slight cosmetic low trivial typo occasional',
  law: 'law legal lawyer court contract terms police crime judge sue policy compliance regulation privacy gdpr',
  politics: 'government election president minister vote party parliament policy war peace country military treaty',
  sport: 'sport game match team player score goal win league football soccer tennis basketball baseball coach championship tournament',
  business: 'business company market stock share profit trade sales industry corporate economy investor firm merger revenue earnings',
  science: 'science scientist research study space nasa physics biology chemistry experiment discovery planet star telescope',
  art: 'film movie music song actor album book novel art theatre show concert director plot story acting',
  weather: 'weather rain snow sun sunny storm temperature cold hot wind cloud forecast umbrella',
  education: 'school student teacher class course exam lesson university homework grade college',
  quality: 'quality material durable sturdy flimsy cheap torn scratched cracked size fit color colour fabric design',
  language: 'language translate translation english spanish french german word grammar spelling',
  print: 'print printer printing paper ink toner scan scanner copy',
  sound: 'sound noise noisy loud volume audio speaker music hum rattle',
  temperature: 'temperature heat heating heater cold cooling hot warm freezing thermostat radiator conditioner conditioning fridge freezer',
  gain: 'more another extra additional added find found receive received bought earned arrive collected gained joined pick picked',
  lose: 'give gave lose lost spend spent sell sold eat ate eaten use used remove removed donate donated drop dropped left leave take took taken throw threw broke return returned',
  sharing: 'share shared split divide divided equally evenly distribute distributed among group groups equal',
  repeat: 'each every per apiece times daily weekly',
  sum: 'total altogether sum combined overall together',
  compare: 'difference more fewer less longer taller older heavier cheaper farther further compared',
}

const byStem = new Map<string, string[]>()
for (const [topic, list] of Object.entries(topics)) {
  for (const word of [topic, ...words(list)]) {
    const key = stem(word)
    const found = byStem.get(key)
    if (found === undefined) byStem.set(key, [topic])
    else if (!found.includes(topic)) found.push(topic)
  }
}

/** Topics that a stem belongs to: none for most words. */
export function topicsOf(stemmed: string): readonly string[] {
  return byStem.get(stemmed) ?? none
}

const none: readonly string[] = []
