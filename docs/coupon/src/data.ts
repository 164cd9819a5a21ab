/** The directory that the services of this machine share. */
export const data = process.env.TRAMLINE_DATA ?? '.tramline';
