import { cx } from '@/ui/cx'

export function ProductMark({ size = 20, className }: { readonly size?: number; readonly className?: string }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true" className={cx('shrink-0', className)}>
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <path d="M9 10h3.5c5 0 6 12 11 12H24M9 22h3.5" fill="none" className="stroke-on-accent" strokeWidth="2.4" strokeLinecap="round" />
      <circle cx="9" cy="10" r="3" className="fill-on-accent" />
      <circle cx="9" cy="22" r="3" fill="none" className="stroke-on-accent" strokeWidth="2.2" />
      <circle cx="23.5" cy="22" r="3.2" fill="#f4c64e" />
    </svg>
  )
}
