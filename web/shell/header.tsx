// Logo, the four doors, search and account.
import { Link } from '@tanstack/react-router'
import { DOORS } from '../doors/doors.ts'
import { useWords } from '../text/text.ts'
import { AccountMenu } from './account-menu.tsx'
import { SearchForm } from './search-box.tsx'

export function Header() {
  const { t, of } = useWords()
  return (
    <header className="site-header">
      <div className="container">
        <Link to="/" className="logo">
          <img src="/kapok.svg" alt="" width="30" height="30" />
          {t('木棉 Kapok', 'Kapok')}
        </Link>
        <nav className="doors" aria-label={t('四个入口', 'Four doors')}>
          {DOORS.map((door) => (
            <Link key={door.to} to={door.to}>
              {of(door.title)}
            </Link>
          ))}
        </nav>
        <div className="header-search">
          <SearchForm id="search-header" />
        </div>
        <AccountMenu />
      </div>
    </header>
  )
}
