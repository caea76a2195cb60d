/** How long a code of either kind is good for, as Postgres reads it. */
export const CODE_LIFETIME = '15 minutes';
/** How long a code stays although another mail is asked for. */
export const RENEWAL_INTERVAL = '1 minute';
