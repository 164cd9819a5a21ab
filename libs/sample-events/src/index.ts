export { PointsAwarded } from './points-awarded.js';
export { UserRegistered } from './user-registered.js';
