import { ErrorBoundary } from '@/ui/error-boundary'
import { AboutSection } from './about-section'
import { AppearanceSection } from './appearance-section'
import { KeysSection } from './keys-section'
import { NoticesSection } from './notices-section'
import { SecuritySection } from './security-section'
import { StorageSection } from './storage-section'

/** What belongs to this browser and not to one project. */
export function SettingsScreen() {
  return (
    <div className="mx-auto flex max-w-5xl gap-10 px-6 py-10">
      <nav aria-label="Settings" className="sticky top-10 hidden w-40 shrink-0 self-start md:block">
        <ul className="flex flex-col gap-0.5">
          {sections.map(({ id, title }) => (
            <li key={id}>
              <button
                type="button"
                onClick={() => document.getElementById(id)?.scrollIntoView({ block: 'start' })}
                className="w-full rounded-md px-2 py-1 text-left text-soft hover:bg-hover hover:text-ink"
              >
                {title}
              </button>
            </li>
          ))}
        </ul>
      </nav>
      <div className="flex min-w-0 flex-1 flex-col gap-10">
        <h1 className="text-2xl font-semibold tracking-tight">Settings</h1>
        {sections.map(({ id, title, Section }) => (
          <section key={id} id={id} aria-labelledby={`${id}-title`} className="scroll-mt-6">
            <h2 id={`${id}-title`} className="mb-3 text-xl font-semibold">
              {title}
            </h2>
            <ErrorBoundary place={`“${title}”`}>
              <Section />
            </ErrorBoundary>
          </section>
        ))}
      </div>
    </div>
  )
}

const sections = [
  { id: 'keys', title: 'Models and keys', Section: KeysSection },
  { id: 'storage', title: 'Storage', Section: StorageSection },
  { id: 'notifications', title: 'Notifications', Section: NoticesSection },
  { id: 'appearance', title: 'Appearance', Section: AppearanceSection },
  { id: 'security', title: 'Security', Section: SecuritySection },
  { id: 'about', title: 'About', Section: AboutSection },
]
