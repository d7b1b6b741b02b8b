/** Loaded before each test file of a sweep: properties only have to fail, so they do not shrink counterexamples. */
import { configureGlobal, readConfigureGlobal } from 'fast-check';

configureGlobal({ ...readConfigureGlobal(), endOnFailure: true });
