/**
 * The name of the team whose admins are the organization's. Every organization has exactly one such
 * team from the start, and keeps it: it is neither renamed, moved nor deleted, and no other team takes
 * its name.
 */
export const DEFAULT_TEAM = 'Default Team';

/** Whether a name is the Default Team's, in whatever case: within an organization case makes no other name. */
export function isNameOfDefaultTeam(name: string): boolean {
  return name.toLowerCase() === DEFAULT_TEAM.toLowerCase();
}
