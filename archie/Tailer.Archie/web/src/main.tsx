import { render } from 'preact';
import { App } from './App';
import { currentTheme, setTheme } from './ui/look';
import './styles.css';

setTheme(currentTheme());
render(<App />, document.getElementById('app')!);
