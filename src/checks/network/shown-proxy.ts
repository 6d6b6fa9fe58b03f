/** A proxy's address as it may be shown: without the user and password that it can carry. */
export const shownProxy = (address: string): string => address.replace(/^([a-z]+:\/\/)?.*@/i, '$1')
