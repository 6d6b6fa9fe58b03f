/** `bundle create --source registry`. Takes what the command line says; gives the file, as it was when it was pushed. */
import { UserError } from '../errors.ts'
import type { Environment } from './http/proxy-choice.ts'
import { openTransport } from './http/transport.ts'
import { openRegistry } from './registry/open-registry.ts'
import { parsePlace } from './registry/reference.ts'
import type { Say } from './say.ts'
import { bundleFromRegistry } from './sources/registry.ts'

export type FromRegistry = {
  readonly kubernetes: string
  readonly arches: readonly string[]
  readonly edition?: string | undefined
  readonly mirrors: readonly string[]
  readonly from?: string | undefined
  readonly caFile?: string | undefined
  readonly output?: string | undefined
  readonly environment: Environment
  readonly say: Say
}

/** What belongs to another source is a mistake: whoever names it believes that it is used. */
const placeIn = ({ from, edition, mirrors }: FromRegistry) => {
  if (from === undefined)
    throw new UserError('--source registry needs --from REGISTRY', {
      hint: 'where a bundle was pushed to: slipway bundle create --source registry --from registry.example.org/k8s',
    })
  if (edition !== undefined || mirrors.length > 0)
    throw new UserError(`--source registry uses no ${edition === undefined ? '--mirror' : '--edition'}`, {
      hint: 'what was pushed comes back as it was',
    })
  return parsePlace(from)
}

export const createFromRegistry = async (options: FromRegistry): Promise<string> => {
  const { environment, caFile } = options
  const place = placeIn(options)
  const transport = await openTransport({ environment, caFile })
  try {
    const session = openRegistry(transport, place.origin, environment)
    return await bundleFromRegistry({ ...options, place, session })
  } finally {
    transport.close()
  }
}
