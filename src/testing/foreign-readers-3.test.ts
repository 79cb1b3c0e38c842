import { testReaders } from './reader-tests'

testReaders(2, 3)
