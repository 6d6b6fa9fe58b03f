/** A registry to talk to, with the credentials of the docker configuration file. Takes a transport, its address and an environment. */
import type { Environment } from '../http/proxy-choice.ts'
import type { Transport } from '../http/transport.ts'
import { type Credentials, dockerCredentials } from './docker-credentials.ts'
import { openSession, type RegistrySession } from './session.ts'

export const openRegistry = (
  transport: Transport,
  origin: URL,
  environment: Environment,
): RegistrySession => {
  // A helper may open a dialog: once is enough, however many tokens are asked for.
  let known: Promise<Credentials | undefined> | undefined
  const credentials = () => {
    known ??= dockerCredentials(origin.host, environment)
    return known
  }
  return openSession({ transport, origin, credentials })
}
