import { ConfigurableModuleBuilder, type ConfigurableModuleCls } from '@nestjs/common';
import type { TramlineModuleOptions } from './options.js';

const host = new ConfigurableModuleBuilder<TramlineModuleOptions>({ moduleName: 'Tramline' })
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createTramlineOptions')
  .build();

/** Gives `TramlineModule` its `forRoot` and `forRootAsync`. */
export const ConfigurableModuleClass: ConfigurableModuleCls<
  TramlineModuleOptions,
  'forRoot',
  'createTramlineOptions'
> = host.ConfigurableModuleClass;

/** Where the options of `forRoot` and `forRootAsync` are provided. */
export const MODULE_OPTIONS = host.MODULE_OPTIONS_TOKEN;
