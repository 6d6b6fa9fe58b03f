/** The architecture of this machine, as Go and OCI call it. */
import { arch } from 'node:os'

export const machineArch: string = arch() === 'x64' ? 'amd64' : arch()
