// The 21 cities: a drawing and, always beside it, the table that says the same.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../components/button.tsx'
import { ScrollRegion } from '../components/scroll-region.tsx'
import { Loaded } from '../components/states.tsx'
import { CITIES, type City, MAP_APPROVAL_NUMBER } from '../map/guangdong.ts'
import { ProvinceMap } from '../map/province-map.tsx'
import { type CityFigures, regionsQuery } from '../map/regions.ts'
import { count } from '../text/format.ts'
import { preferences } from '../text/preferences.ts'
import { useWords } from '../text/text.ts'

export function ProvinceSection() {
  const { t } = useWords()
  const query = useQuery(regionsQuery)
  return (
    <section className="province" aria-label={t('全省各市', 'The cities of the province')}>
      <Loaded query={query} what={t('各市数据', 'city figures')}>
        {({ items }) => <Province cities={items} />}
      </Loaded>
    </section>
  )
}

function Province({ cities }: { cities: readonly CityFigures[] }) {
  const { t } = useWords()
  const [view, setView] = useState<'outline' | 'tiles'>(firstView)
  const [selected, setSelected] = useState<string | null>(null)
  const figures = new Map(cities.map((city) => [city.area, city.organisations]))
  const total = [...figures.values()].reduce((sum, figure) => sum + figure, 0)
  const nameOf = (city: City) => t(city.zh.replace(/市$/, ''), city.en)
  const sentence =
    total === 0
      ? t('尚无单位登记。', 'No organisation is registered yet.')
      : t(
          `全省已登记单位 ${count(total)} 家，颜色越深数量越多。`,
          `${count(total)} organisations are registered; the darker a city, the more it has.`,
        )
  return (
    <>
      <div className="map-and-table">
        <figure>
          <ProvinceMap
            view={view}
            figures={figures}
            selected={selected}
            onSelect={setSelected}
            nameOf={nameOf}
            label={t(`广东省 21 市示意图。${sentence}`, `Sketch of the 21 cities. ${sentence}`)}
          />
        </figure>
        <CityTable figures={figures} selected={selected} onSelect={setSelected} nameOf={nameOf} />
      </div>
      <CityDetail code={selected} figures={figures} nameOf={nameOf} />
      <div className="row row-apart small muted">
        <p>
          {sentence}{' '}
          {t(
            '示意图，不作为划界依据。审图号：',
            'A sketch, no basis for boundaries. Map approval number: ',
          )}
          {MAP_APPROVAL_NUMBER ?? t('待填', 'to be filled in')}
        </p>
        <Button
          small
          kind="quiet"
          onClick={() => setView(view === 'outline' ? 'tiles' : 'outline')}
        >
          {view === 'outline' ? t('换成方格图', 'Show as tiles') : t('换成轮廓图', 'Show outlines')}
        </Button>
      </div>
    </>
  )
}

/** Names do not fit into the outlines of a narrow screen, nor large ones into any. */
function firstView(): 'outline' | 'tiles' {
  const narrow = matchMedia('(max-width: 40rem)').matches
  return narrow || preferences().mode === 'large' ? 'tiles' : 'outline'
}

interface CityProps {
  figures: ReadonlyMap<string, number>
  nameOf: (city: City) => string
}

interface CityTableProps extends CityProps {
  selected: string | null
  onSelect: (code: string | null) => void
}

function CityTable({ figures, selected, onSelect, nameOf }: CityTableProps) {
  const { t } = useWords()
  const ordered = [...CITIES].sort(
    (a, b) =>
      (figures.get(b.code) ?? 0) - (figures.get(a.code) ?? 0) || a.code.localeCompare(b.code),
  )
  return (
    <ScrollRegion className="city-table" label={t('各市数据表', 'Table of the cities')}>
      <table className="table">
        <caption className="visually-hidden">
          {t('各市已登记单位数', 'Registered organisations per city')}
        </caption>
        <thead>
          <tr>
            <th scope="col">{t('市', 'City')}</th>
            <th scope="col" className="number">
              {t('单位（家）', 'Registered')}
            </th>
          </tr>
        </thead>
        <tbody>
          {ordered.map((city) => (
            <tr
              key={city.code}
              className={selected === city.code ? 'row-selected' : undefined}
              onMouseEnter={() => onSelect(city.code)}
            >
              <th scope="row">
                <button
                  type="button"
                  aria-pressed={selected === city.code}
                  onClick={() => onSelect(city.code)}
                  onFocus={() => onSelect(city.code)}
                >
                  {nameOf(city)}
                </button>
              </th>
              <td className="number">{count(figures.get(city.code) ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

function CityDetail({ code, figures, nameOf }: CityProps & { code: string | null }) {
  const { t } = useWords()
  const city = CITIES.find((one) => one.code === code)
  return (
    <p className="small city-detail" aria-live="polite">
      {city
        ? t(
            `${nameOf(city)}：已登记单位 ${count(figures.get(city.code) ?? 0)} 家，尚无算力站点。`,
            `${nameOf(city)}: ${count(figures.get(city.code) ?? 0)} organisations, no site yet.`,
          )
        : t(
            '把指针移到一个市，或在表中选择，查看该市情况。',
            'Point at a city, or choose one in the table.',
          )}
    </p>
  )
}
