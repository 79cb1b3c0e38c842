import { createRoot } from 'react-dom/client'
import { App } from './app/app'
import { startApp } from './app/start'
import './ui/tokens.css'

startApp()
const root = document.getElementById('root')
if (root) createRoot(root).render(<App />)
