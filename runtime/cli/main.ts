#!/usr/bin/env node
/** `niia`: starts the verb it is asked for and loads nothing else. */
import { version } from '../version.ts';

console.log(version);
