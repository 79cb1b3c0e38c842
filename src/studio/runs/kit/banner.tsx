import type { ReactNode } from 'react'
import { cx } from '@/ui/cx'

interface BannerProps {
  readonly tone: 'info' | 'warn' | 'bad' | 'gold'
  readonly icon: ReactNode
  readonly title: ReactNode
  readonly children?: ReactNode
  readonly action?: ReactNode
}

/** One thing about the run that should be known before anything else on its page. */
export function Banner({ tone, icon, title, children, action }: BannerProps) {
  const { box, mark } = tones[tone]
  return (
    <div role={tone === 'bad' ? 'alert' : 'status'} className={cx('flex items-start gap-2.5 border-b border-line px-3 py-2', box)}>
      <span className={cx('mt-0.5 shrink-0 [&_svg]:size-4', mark)} aria-hidden="true">
        {icon}
      </span>
      <div className="min-w-0 flex-1">
        <p className="font-medium break-words">{title}</p>
        {children !== undefined && <div className="max-w-4xl break-words text-soft">{children}</div>}
      </div>
      {action !== undefined && <div className="flex shrink-0 items-center gap-2">{action}</div>}
    </div>
  )
}

const tones = {
  info: { box: 'bg-info-soft', mark: 'text-info-text' },
  warn: { box: 'bg-warn-soft', mark: 'text-warn-text' },
  bad: { box: 'bg-bad-soft', mark: 'text-bad-text' },
  gold: { box: 'bg-gold-soft', mark: 'text-gold-text' },
}
