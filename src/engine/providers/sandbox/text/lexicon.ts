import { stem, words } from './words'

/**
 * A small thesaurus of everyday English: a stand-in for what a language model knows about word meaning before it sees a task.
 * Written by hand from general topics (money, travel, health, …), so that unseen tasks find something too. It knows no
 * task's labels: `billing` is near `refund` here because both are money words, in any prompt.
 */
const topics: Readonly<Record<string, string>> = {
  money:
    'money bill billing billed invoice seat seats plan premium trial quote procurement price pricing statement contract yearly annual charge charged payment pay paid fee fees cost price refund refunded cash bank balance credit debit receipt subscription amount dollar euro pound expensive cheap discount coupon tax vat finance financial budget overcharged reimbursement payroll salary transaction purchase',
  card: 'card visa mastercard atm pin contactless chip',
  transfer: 'transfer wire deposit withdraw withdrawal topup send remittance',
  exchange: 'exchange currency rate convert conversion forex',
  access:
    'login log signin session code codes recovery fingerprint domain email reset sign password passcode account username credential credentials authentication authenticate locked lockout access unlock register registration profile identity verify verification sso mfa',
  security:
    'guard stranger fight threatened forced missing security secure hack hacked breach stolen theft phishing suspicious fraud fraudulent scam malware virus vulnerability leak unauthorized unauthorised spyware compromised intruder',
  fault:
    'bug error fail fails failed failing failure crash crashes crashed broken break breaks fault faulty defect defective glitch freeze freezes frozen stuck malfunction wrong issue problem trouble',
  outage: 'outage down offline unavailable downtime unreachable timeout disconnected interruption',
  delivery:
    'delivery deliver delivered ship shipping shipment package parcel courier postage arrive arrived tracking dispatch carrier mail freight logistics',
  stock: 'stock inventory supply warehouse availability sold-out backorder',
  returning: 'return returned returns exchange replacement replace warranty swap',
  order: 'order ordered purchase buy bought checkout cart basket',
  cancel: 'cancel cancelled cancellation terminate unsubscribe close closing quit end stop',
  praise:
    'good great love loved excellent amazing wonderful fantastic happy pleased best perfect awesome nice enjoy enjoyed brilliant superb delightful positive satisfied recommend praise compliment',
  complaint:
    'bad terrible awful horrible hate worst poor disappointing disappointed angry upset annoying annoyed useless boring rude negative waste unhappy unacceptable complaint mess dreadful',
  health:
    'aid rash allergy vomiting swollen swelling bleed bleeds breathe breathing chest health medical doctor hospital nurse patient pain sick ill illness injury injured medicine drug symptom treatment fever clinic disease',
  safety: 'safety hazard danger dangerous accident injury injured smoke burn burned burnt spark sparks emergency evacuate unsafe risk',
  fire: 'fire flame smoke burn burning spark heat overheated',
  water: 'toilet sink shower blocked clogged water leak leaking flood pipe drain damp wet plumbing tap spill',
  electricity:
    'electric electricity electrical power voltage wire wiring socket fuse breaker battery charger cable lamp light lights outlet',
  machine:
    'repair maintenance mechanic technician machine motor engine pump belt gear valve conveyor mechanical equipment bearing lift elevator',
  building:
    'handle hinge bolt tile carpet corridor gate garage attic basement balcony building room office floor ceiling wall door window roof kitchen bathroom toilet stairs facility facilities house flat apartment',
  cleaning:
    'housekeeping towel sheet soap mop sticky greasy filthy muddy smear grubby wash washed bin bins clean cleaning dirty dirt trash garbage rubbish waste hygiene stain smell odor mould mold dust',
  computing:
    'program screen printer scanner tablet till system it computer software app application program website site web page browser server database code api laptop phone mobile device update version install installation file data cloud',
  network: 'network internet wifi connection router vpn signal bandwidth',
  email: 'email mail inbox message newsletter spam sender attachment',
  promotion:
    'free win winner won prize offer deal sale promotion advertise advertising marketing congratulations claim bonus lottery limited cheap guaranteed click',
  person: 'friend mum mom dad brother sister mother father family son daughter wife husband baby child kid',
  staff: 'staff employee colleague manager team worker waiter waitress agent representative boss human hr personnel hiring',
  manners: 'rude polite friendly attitude unhelpful helpful courteous shouted ignored kind welcoming disrespectful',
  food: 'catering chef cook kitchen waiter served buffet plate salt spicy sour stale raw portion dessert soup salad sandwich milk egg cheese food meal eat ate dinner lunch breakfast restaurant dish taste tasty delicious cook cooked menu pizza bread fruit apple cake drink coffee tea soup',
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
  wish: 'wish wishlist hope dream suggestion suggest idea feature request improvement enhancement enhance propose proposal consider roadmap lovely love please option add build support would miss missing ability allow let',
  asking:
    'question how howto help guide guidance tutorial explain documentation manual learn wonder wondering understand unsure difference recommend recommended steps step instruction instructions possible way where which what show find teach advice mean',
  waiting:
    'slow slowly sluggish lag lagging laggy latency speed fast faster quick performance second seconds minute minutes forever ages age eternity wait waiting hang hangs load loading loads spinner spinning spin crawl crawls stall stalls stutter delay delays delayed late freeze freezes unresponsive instant constant memory timeout time',
  connection:
    'connect connected connection connector link linked integration integrate integrations sync synced synchronise synchronize import imported export plugin addon extension api webhook bridge feed token third-party partner partners migrate migration calendar automation',
  brand:
    'google microsoft apple amazon facebook slack github gitlab dropbox zoom outlook teams excel gmail salesforce paypal twitter instagram whatsapp spotify netflix uber windows android iphone mac chrome firefox safari linux trello jira asana zapier notion figma hubspot zendesk okta youtube linkedin',
  misbehave:
    'bug defect wrong wrongly instead error duplicate duplicates twice vanish vanishes disappear disappears disappeared jump jumps shows empty blank missing lost loses drops delete deletes deleted overwrite crash crashes cut covers broken incorrect incorrectly unexpected glitch reproducible',
  change:
    'change changed changes update updated upgrade upgraded downgrade downgraded switch switched modify edit replaced new renew rename move moved',
  view: 'screen page button menu window tab field column list view icon display layout form link click press scroll drag box bar image picture label colour color theme header',
  paperwork: 'document paper form certificate record records file files report reports letter copy signature sign page pages',
  permission:
    'permission permissions denied forbidden allow allowed authorised authorized rights role owner ownership admin administrator invitation invite invited deactivated blocked block expired',
  people: 'team group member members user users people staff client clients customer customers guest visitor crowd audience school company',
  number: 'number count counter many few percent percentage amount figure total sum average half double',
  large: 'large big huge long many massive enormous heavy hundred hundreds thousand thousands',
  small: 'small tiny little short few minor slight narrow low',
  repeated: 'again repeatedly constantly always twice times recurring keeps every forever daily weekly monthly',
  sudden: 'suddenly since yesterday today started morning night friday monday tuesday wednesday thursday saturday sunday',
  hurt: 'hurt pain injured injury cut wound bleeding bruise broken fell slipped tripped fracture ankle wrist knee hand finger hospital ambulance dizzy fainted nurse bandage',
  contact:
    'call called phone telephone email message reply answer answered contact contacted told ask asked letter chat spoke hotline voicemail ignored',
  theft:
    'stolen theft thief steal robbed burglary burglar missing vandal vandalised graffiti lock padlock intruder trespass police camera cctv alarm',
  leak: 'leak leaking leaked drip dripping flood flooded spill spilled puddle burst overflow pipe soaked',
  damage:
    'damage damaged broken break crack cracked torn tear dent dented scratch scratched smashed shattered bent crushed snapped loose worn ripped',
  garment: 'shirt dress shoes shoe jacket coat trousers sock socks hat size fit fabric cotton wool zip seam sleeve',
  device:
    'phone laptop computer tablet keyboard mouse monitor screen headphone headphones speaker camera charger battery cable router printer',
  appliance: 'kettle toaster oven fridge freezer blender mixer washer dishwasher vacuum iron heater fan lamp',
  furniture: 'chair table desk sofa bed shelf drawer cupboard wardrobe mattress cushion leg screw',
  container: 'box package parcel bag bottle jar can envelope carton crate pallet',
  colour: 'red blue green yellow black white grey gray brown pink purple orange colour color shade',
  emotion: 'happy sad angry upset glad sorry afraid worried furious delighted frustrated annoyed proud',
  gain: 'more another extra additional added adds find found receive received new grow grew raise raised back older taller plus joining bought earned arrive collected gained joined pick picked',
  lose: 'give gave lose lost spend spent sell sold eat ate eaten use used remove removed donate donated drop dropped left leave take took taken throw threw thrown broke broken return returned fly flew away leak leaked burst reduce reduced lower lowered delete deleted move moved cut hand handed missing younger shorter drank drink down discount fine tax off early empty taken without minus cheaper',
  sharing: 'share shared split divide divided equally evenly distribute distributed among equal same packed pack poured cut piece part row',
  repeat: 'each every per apiece times daily weekly hold holds carry carries cost costs contain contains cover covers',
  sum: 'total altogether sum combined overall together',
  compare: 'difference more fewer less longer taller older heavier cheaper farther further compared',
}

/** Topics so wide that most texts touch them: a weak sign. */
const wide: ReadonlySet<string> = new Set(
  'time view change number people large small repeated sudden contact paperwork lose gain repeat compare sum art sport travel food building education staff person colour email order business'.split(
    ' ',
  ),
)

/** How much a topic tells, 0–1. */
export function topicWeight(topic: string): number {
  return wide.has(topic) ? 0.4 : 1
}

/** Words of a topic, the plainest first. */
export function wordsOf(topic: string): readonly string[] {
  return byTopic.get(topic) ?? none
}

const byTopic = new Map(Object.entries(topics).map(([topic, list]) => [topic, words(list)]))
const byStem = new Map<string, string[]>()
for (const [topic, list] of byTopic) {
  for (const word of [topic, ...list]) {
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
