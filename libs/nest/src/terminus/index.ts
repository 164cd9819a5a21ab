export { TramlineHealthIndicator } from './tramline-health-indicator.js';
