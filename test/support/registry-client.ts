/** Our own client, for tests of it. Takes a registry; gives a session that ends with the test. */
import { onTestFinished } from 'vitest'
import { type Patience, usualPatience } from '../../src/bundle/http/patience.ts'
import type { Environment } from '../../src/bundle/http/proxy-choice.ts'
import { openTransport, type Transport } from '../../src/bundle/http/transport.ts'
import { openRegistry } from '../../src/bundle/registry/open-registry.ts'
import type { RegistrySession } from '../../src/bundle/registry/session.ts'

export type ClientShape = {
  readonly environment?: Environment
  readonly caFile?: string
}

/** As often as users get, without their waits. */
export const quickPatience: Patience = { ...usualPatience, firstWaitMs: 1 }

export const transportFor = async ({ environment = {}, caFile }: ClientShape = {}): Promise<Transport> => {
  const transport = await openTransport({ environment, caFile, patience: quickPatience })
  onTestFinished(() => transport.close())
  return transport
}

export const sessionTo = async (
  { origin }: { readonly origin: URL },
  shape: ClientShape = {},
): Promise<RegistrySession> =>
  openRegistry(await transportFor(shape), origin, { DOCKER_CONFIG: '/nowhere', ...shape.environment })
