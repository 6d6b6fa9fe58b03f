/** Stand-ins for the daemons that a container without systemd cannot have; the end-to-end test runs the same steps on real ones. */
import { fileURLToPath } from 'node:url'

export const fakeCommands = fileURLToPath(new URL('../fixtures/commands', import.meta.url))
