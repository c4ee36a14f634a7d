// The map of the 21 cities as inline SVG: outlines or a tile grid, coloured by one figure.
import './map.css'
import { CITIES, type City, MAP_SIZE, TILE_GRID } from './guangdong.ts'

interface ProvinceMapProps {
  view: 'outline' | 'tiles'
  /** The figure of a city, by its code; a missing one counts as 0. */
  figures: ReadonlyMap<string, number>
  /** Cities, by code, that bear a dot. */
  marked?: ReadonlyMap<string, unknown>
  selected: string | null
  onSelect: (code: string | null) => void
  nameOf: (city: City) => string
  /** The sentence that a screen reader hears instead of the drawing. */
  label: string
}

const TILE = 128
const TILE_GAP = 10

/** none, some or many: three steps that stay apart in every mode. */
function stepOf(figure: number, most: number): 'none' | 'some' | 'many' {
  if (figure === 0) return 'none'
  return figure * 2 > most ? 'many' : 'some'
}

export function ProvinceMap(props: ProvinceMapProps) {
  const { view, figures, marked, selected, onSelect, nameOf, label } = props
  const most = Math.max(0, ...figures.values())
  const [width, height] = view === 'outline' ? MAP_SIZE : [TILE_GRID[0] * TILE, TILE_GRID[1] * TILE]
  // The table beside the map carries the same facts and takes the keyboard; this is the drawing.
  return (
    <svg
      className={`province-map province-map-${view}`}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
      onMouseLeave={() => onSelect(null)}
    >
      {CITIES.map((city) => {
        const figure = figures.get(city.code) ?? 0
        const state = selected === city.code ? ' city-selected' : ''
        return (
          // biome-ignore lint/a11y/noStaticElementInteractions: the table does the same by keyboard
          <g
            key={city.code}
            className={`city city-${stepOf(figure, most)}${state}`}
            onMouseEnter={() => onSelect(city.code)}
          >
            {view === 'outline' ? <path d={city.outline} /> : <Tile city={city} />}
          </g>
        )
      })}
      {CITIES.map((city) => {
        const figure = figures.get(city.code) ?? 0
        return (
          <g key={city.code} className={`city city-${stepOf(figure, most)}`}>
            <CityName city={city} view={view} name={nameOf(city)} figure={figure} />
            {marked?.has(city.code) && <Dot city={city} view={view} />}
          </g>
        )
      })}
    </svg>
  )
}

function Tile({ city }: { city: City }) {
  const [column, row] = city.tile
  return (
    <rect
      x={column * TILE + TILE_GAP / 2}
      y={row * TILE + TILE_GAP / 2}
      width={TILE - TILE_GAP}
      height={TILE - TILE_GAP}
      rx="14"
    />
  )
}

/** Below the name of the city, or in the corner of its tile. */
function Dot({ city, view }: { city: City; view: 'outline' | 'tiles' }) {
  const [column, row] = city.tile
  const [x, y] =
    view === 'outline'
      ? [city.label[0], city.label[1] + 18]
      : [(column + 1) * TILE - 26, row * TILE + 26]
  return <circle className="city-dot" cx={x} cy={y} r="9" />
}

interface CityNameProps {
  city: City
  view: 'outline' | 'tiles'
  name: string
  figure: number
}

function CityName({ city, view, name, figure }: CityNameProps) {
  if (view === 'outline') {
    const [x, y] = city.label
    return (
      <text x={x} y={y} className="city-name">
        {name}
        {figure > 0 && <tspan className="city-figure"> {figure}</tspan>}
      </text>
    )
  }
  const x = city.tile[0] * TILE + TILE / 2
  const y = city.tile[1] * TILE + TILE / 2
  return (
    <text x={x} y={y - 6} className="city-name">
      {name}
      <tspan className="city-figure" x={x} y={y + 32}>
        {figure}
      </tspan>
    </text>
  )
}
