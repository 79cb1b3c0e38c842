import { letChatAdapterHang } from './hanging-adapter'

export { main } from '@/cli/main'

letChatAdapterHang()
