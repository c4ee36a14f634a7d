// Areas of Guangdong by GB/T 2260: their names, and the choice of one.
import { queryOptions, useQuery } from '@tanstack/react-query'
import type { RegionsReply } from '#services/regulation/contract.ts'
import { api } from '../api/client.ts'
import { SelectField } from '../components/field.tsx'
import { Loaded } from '../components/states.tsx'
import { CITIES } from '../map/guangdong.ts'
import { useWords } from '../text/text.ts'

const regionsQuery = queryOptions({
  queryKey: ['regions'],
  queryFn: ({ signal }) => api.get<RegionsReply>('/api/regions', undefined, signal),
  staleTime: Number.POSITIVE_INFINITY,
})

/** The name of an area, with its city; codes that are not known are shown as they are. */
export function useAreaName(): (area: string | null) => string {
  const { t, of } = useWords()
  const regions = useQuery(regionsQuery).data
  return (area) => {
    if (!area) return t('未填', 'not given')
    if (area === '440000') return t('广东省', 'Guangdong')
    const city = CITIES.find((one) => one.code.slice(0, 4) === area.slice(0, 4))
    if (!city) return area
    const name = t(city.zh, city.en)
    if (city.code === area) return name
    const counties = regions?.cities.find((one) => one.code === city.code)?.counties
    const county = counties?.find((one) => one.code === area)
    return `${name}${t('', ', ')}${county ? of(county.name) : area}`
  }
}

interface AreaFieldProps {
  label: string
  hint?: string
  error?: string
  chosen: string
}

/** The choice among all cities and their county-level units; named `area`. */
export function AreaField({ label, hint, error, chosen }: AreaFieldProps) {
  const { t, of } = useWords()
  const query = useQuery(regionsQuery)
  return (
    <Loaded query={query} what={t('行政区划', 'the areas')}>
      {({ cities }) => (
        <SelectField
          id="area"
          name="area"
          label={label}
          hint={hint}
          error={error}
          defaultValue={chosen}
        >
          <option value="">{t('请选择', 'Choose')}</option>
          {cities.map((city) => (
            <optgroup key={city.code} label={of(city.name)}>
              <option value={city.code}>{of(city.name)}</option>
              {city.counties.map((county) => (
                <option key={county.code} value={county.code}>
                  {of(county.name)}
                </option>
              ))}
            </optgroup>
          ))}
        </SelectField>
      )}
    </Loaded>
  )
}
