import { testReaders } from './reader-tests'

testReaders(1, 3)
