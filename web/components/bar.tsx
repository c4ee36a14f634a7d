// A bar that fills to a share; drawn as SVG because inline styles are refused.

interface BarProps {
  /** 0 to 1; beyond that the bar is full. */
  share: number
  /** The sentence that a screen reader hears. */
  label: string
}

export function Bar({ share, label }: BarProps) {
  const width = 100 * Math.min(1, Math.max(0, share))
  return (
    <svg
      className="bar"
      viewBox="0 0 100 1"
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <rect className="bar-fill" width={width} height="1" />
    </svg>
  )
}
