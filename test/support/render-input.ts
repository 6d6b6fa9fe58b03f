/** What rendering takes: a cluster of one control plane and two workers, the images of the bundle, and a CA that is only text. */
import type { RenderInput } from '../../src/render/types.ts'
import { clusterConfig } from './check-input.ts'
import { hostFacts } from './facts.ts'
import { bundleImages } from './slipway-output.ts'

export type RenderChanges = Partial<Omit<RenderInput, 'config' | 'host'>> & {
  readonly on?: string
  /** Sections of the cluster file. */
  readonly config?: Readonly<Record<string, unknown>>
}

export const renderInput = ({
  on = 'cp1',
  config: sections,
  ...changes
}: RenderChanges = {}): RenderInput => {
  const config = clusterConfig(sections)
  const host = config.hosts.find(({ name }) => name === on)
  if (!host) throw new Error(`the cluster file of this test has no host ${on}`)
  return {
    config,
    host,
    facts: hostFacts({ hostname: on }),
    images: bundleImages('1.37.1'),
    endpoint: { host: '10.0.0.11', port: 6443 },
    caPem: '-----BEGIN CERTIFICATE-----\nof a test\n-----END CERTIFICATE-----\n',
    ...changes,
  }
}
