import { testReaders } from './reader-tests'

testReaders(0, 3)
