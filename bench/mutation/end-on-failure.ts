/** Loaded before each test file of a sweep: that a property fails is enough, the smallest counterexample is not wanted. */
import { configureGlobal, readConfigureGlobal } from 'fast-check';

configureGlobal({ ...readConfigureGlobal(), endOnFailure: true });
